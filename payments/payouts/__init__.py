"""What the market owes households goes to their bank accounts: proposed by one person, approved by another."""
