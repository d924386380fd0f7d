drop table a; drop table b; drop table c; drop table d;
drop index i;
alter table t add column a uuid default gen_random_uuid();
alter table t rename a to b;
alter table t add unique (a);
alter table t drop column a;
truncate t;
update t set a = 1, a = 2 where b;
-- fairlead: no-transaction
select 1; create table t (a int);
create table t (a timestamp);
create table t (a int);
create extension pgcrypto;
create table n (a int); drop table t; alter table n rename to t;

