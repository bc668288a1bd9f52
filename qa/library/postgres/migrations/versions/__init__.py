"""One step a module. A step is never edited once released: add another."""
