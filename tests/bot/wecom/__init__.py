"""WeCom: its crypto, its calls both ways, and what its refusals mean."""
