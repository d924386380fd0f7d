#pragma once
#include "base/result.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Messages of the Domain Name System (RFC 1035, 4.1).
namespace fairlead::sys {

enum class RecordType { a = 1, cname = 5, mx = 15, txt = 16, aaaa = 28 };

// Returns the message that asks for the records. Error (usage): `name` is not a valid DNS name.
Result<std::string> dns_question(std::string_view name, RecordType type, std::uint16_t id);

struct DnsAnswer {
    int code = 0;                  // RCODE: 0 good, 3 there is no such name
    bool is_cut = false;           // the answer was too long for a datagram; ask again over TCP
    std::vector<std::string> list; // "203.0.113.7", "www.example.org", "10 mail.example.org", the text of TXT
    std::string alias;             // the name at the end of the chain of aliases (CNAME); empty: no alias
};
// Nothing: the bytes are not an answer to this question.
std::optional<DnsAnswer> read_dns_answer(std::string_view message, std::string_view question, RecordType type);

std::string name_of_rcode(int code); // "SERVFAIL", "code 17"

}
