select :'a';
\i b
