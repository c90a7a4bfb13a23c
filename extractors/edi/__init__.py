"""Electronic documents of trading partners, with their segments named."""
