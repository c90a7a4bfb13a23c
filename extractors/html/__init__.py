"""HTML as a person sees it: tables, lists, and what is hidden."""
