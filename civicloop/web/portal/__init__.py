"""The portal: pages under /p/ for residents, without an account."""
