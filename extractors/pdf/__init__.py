"""PDF: what is printed, filled in and noted on its pages, with places."""
