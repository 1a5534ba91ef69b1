"""WeCom (企业微信): what is called and what calls us, in its own crypto, with tokens that run out."""
