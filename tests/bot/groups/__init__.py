"""Announcements in groups on WeCom: how they look, how they go, and the pages behind them."""
