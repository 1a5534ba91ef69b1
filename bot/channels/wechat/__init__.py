"""WeChat beside customer service: a mini program's subscription and a service account. Both only push."""
