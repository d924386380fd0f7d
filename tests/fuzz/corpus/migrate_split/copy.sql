copy t (a) from stdin with (format csv);
1;'
\N
\.
select a[1:n], b::int, x := y;
