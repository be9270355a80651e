"""How the region is told, one kind of page a file."""

from cms.models.campaign import CampaignPage
from cms.models.home import HomePage
from cms.models.settings import SiteSettings
from cms.models.standard import StandardPage

__all__ = ["CampaignPage", "HomePage", "SiteSettings", "StandardPage"]
