"""Pages: parse the request, call a service, render a template. No rule of the product stands here."""
