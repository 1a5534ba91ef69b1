"""WeChat customer service (微信客服): where owners write from their ordinary WeChat."""
