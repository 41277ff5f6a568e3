update account
set name = $name, email = $email, grants = $grants, disabled = $disabled, demonstration = $demonstration
where login = $login
