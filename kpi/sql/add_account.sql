insert into account (login, name, email, password, grants, disabled, demonstration)
values ($login, $name, $email, $password, $grants, $disabled, $demonstration)
