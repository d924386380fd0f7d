€create index i on t (a);
create index i on t (a);
alter table t attach partition p for values in (1);
alter table t alter a type bigint;
alter table t add constraint k check (a > 0) not valid; alter table t validate constraint k;
create table t (a int references u);
alter table t rename to u;
alter table t add column a int; update t set a = 1 where b;
alter type e add value 'b' after 'a'; insert into t values ('b');
create table t (a varchar(3));
create table t (a23456789012345678901234567890123456789012345678901234567890123x int);
create function f() returns int language sql security definer as 'select 1';
alter table t drop column a;

