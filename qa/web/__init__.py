"""The chat page, which Gradio serves."""
