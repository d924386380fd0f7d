select ';', e'\';' || U&'a' -- ;
; /* ; /* ; */ */ do $a$ ; $$ $a$; create function f() returns int begin atomic select case when 1 then 2 end; end;
create rule r as on delete to t do (a; b);
