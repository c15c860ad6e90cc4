"""GraphQL: the same services as the pages, for programs. No rule of the product stands here."""
