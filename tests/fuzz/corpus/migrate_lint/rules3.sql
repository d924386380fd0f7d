ƒlock table t in exclusive mode;
reindex table t;
alter table t add column a int not null;
alter table t alter a drop not null;
alter table t add primary key (a);
drop table t;
truncate t cascade;
select 1; commit;
create table t (a serial primary key);
alter type e add value 'b';
grant all on t to app;
create table t (a int);
create table t (a integer primary key autoincrement);

