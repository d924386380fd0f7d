# A service of one page, for systems that have nothing but Perl.
use strict;
use IO::Socket::UNIX;
$SIG{TERM} = sub { exit 0 };
my $listener = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 64) or die $!;
while (1) {
    my $client = $listener->accept or next;
    while (my $line = <$client>) { last if $line eq "\r\n" }
    my $body = "{\"version\":\"$ENV{FAIRLEAD_VERSION}\"}\n";
    print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ", length $body, "\r\n\r\n", $body;
    close $client;
}
