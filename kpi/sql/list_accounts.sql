select login, name, email, password is null as waiting, grants, disabled, demonstration, last_sign_in
from account
order by login
