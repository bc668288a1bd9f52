"""Where networks compute, with which numbers, on how many threads, and in how much memory."""

import os
from typing import TYPE_CHECKING

from qa.errors import ModelError

if TYPE_CHECKING:
    import torch


def device_of(wanted: str) -> str:
    """Return "cuda", "mps" or "cpu" for a setting: "auto" is the first that the machine has.

    Raises `ModelError` if the machine has no such device.
    """
    import torch

    found = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return next(name for name, available in found.items() if available)
    if not found[wanted]:
        raise ModelError(f"this machine has no {wanted} device: set QA_DEVICE=auto")
    return wanted


def numbers_of(device: str, dtype: str) -> "torch.dtype":
    """Return the numbers to compute with for a setting: "auto" is what suits the device."""
    import torch

    numbers: torch.dtype = best_dtype(device) if dtype == "auto" else getattr(torch, dtype)
    return numbers


def best_dtype(device: str) -> "torch.dtype":
    """Return bfloat16 where the device multiplies it natively, else float32.

    On a CPU without the instructions bfloat16 is emulated, and slower than float32.
    """
    import torch

    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if device == "cpu" and native_bfloat16() else torch.float32


def native_bfloat16() -> bool:
    """Tell whether this CPU has bfloat16 matrix instructions: AVX512-BF16 or AMX.

    Arm has such instructions too; they were never measured here, and float32 is safe.
    """
    import torch

    features = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return any(features.get(name, False) for name in ("avx512_bf16", "amx_bf16"))


def workers_of(device: str) -> int:
    """Return how many batches are computed at once: on a CPU each core has its own."""
    import torch

    return torch.get_num_threads() if device == "cpu" else 1


def bound_memory(network: "torch.nn.Module", device: str) -> None:
    """Keep the memory of a network from growing with each length of text that it reads."""
    from qa.models.steady import steady

    if device == "cpu":
        steady(network)


def stay_offline() -> None:
    """Keep the libraries that load models from asking a hub about them."""
    # The hub's client reads these variables when it is imported. Without them, loading a model from
    # a folder asks the hub about it.
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ[name] = "1"
