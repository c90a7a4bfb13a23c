"""Pictures: scans, photos and barcodes, read with the place of every word."""
