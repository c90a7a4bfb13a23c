"""Mail in all its forms, the internet's and Outlook's: fields, own words, attachments."""
