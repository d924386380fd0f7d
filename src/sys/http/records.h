#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/http/dns_message.h"
#include <string>
#include <vector>

// Records of the Domain Name System.
namespace fairlead::sys {

class Cancel; // sys/cancel.h

struct RecordsQuestion {
    std::string name; // complete: no search domain is appended
    RecordType type = RecordType::a;
    std::string server; // ADDRESS[:PORT]; empty: the servers of /etc/resolv.conf
    Milliseconds timeout{5000};
    const Cancel* cancel = nullptr;
};

struct Records {
    // unanswered: no server answered, or all of them reported that they could not find out
    enum class Found { yes, no_such_name, no_such_record, unanswered } found = Found::unanswered;
    std::vector<std::string> list; // see DnsAnswer
    std::string alias;             // see DnsAnswer
    std::string server;            // the server that was asked last, ADDRESS:PORT
    std::string reason;            // if not found: one line
};

// Error (usage): wrong name or server. Error (could_not): interrupted.
Result<Records> look_up_records(const RecordsQuestion& question);
// Checks name and server without asking. Error (usage): look_up_records() would refuse them.
Result<void> check_question(const RecordsQuestion& question);

}
