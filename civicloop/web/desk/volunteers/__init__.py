"""The volunteers' room (志愿): orders and their dispatch, teams, sites, the menu, volunteers, events, hours, measures."""
