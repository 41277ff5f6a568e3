select password from account where login = $login and not disabled
