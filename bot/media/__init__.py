"""What is made of pictures, films and sounds, and what is found out about them. Behind ports of the services."""
