"""`make audit`: what a browser, axe and Lighthouse find on the demo's pages, served as in production."""
