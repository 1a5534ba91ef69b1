"""The peers Qinqing is measured beside: the usual bot frameworks, each in its best fair setting."""
