#include "smoke/config.h"

namespace fairlead::smoke {

namespace {

const Field ready_fields[] = {
    {"path", Type::text, "Asked until it is good, before any check."},
    {.name = "status", .type = Type::text_list, .help = "Expected: 200, 200-299 or 2xx.", .item = Type::status},
    {"version", Type::text, "The version, tag or commit that must answer."},
    {"from", Type::text, "Where it tells its version: json:$.version, header:X-Release or body."},
    {"streak", Type::up_to_1000, "Good answers in a row, each on a new connection."},
    {"stable", Type::duration, "Good for this long, at most one request per second."},
};
const Field any_text[] = {{"", Type::text, "Value."}};
const Field any_value[] = {{"", Type::any, "What is expected there."}};
const Field defaults_fields[] = {
    {"timeout", Type::duration, "One attempt."},
    {"connect", Type::duration, "Making the connection."},
    {"jobs", Type::up_to_1000, "Checks at a time."},
    {"headers", Type::open_map, "Headers of every request.", {}, any_text},
};
const Field retry_fields[] = {
    {"attempts", Type::up_to_1000, "In all, the first included."},
    {"backoff", Type::duration, "Longest wait before the second attempt."},
    {"factor", Type::number, "Growth of that wait."},
    {"max", Type::duration, "Longest wait of all."},
    {.name = "on", .type = Type::text_list, .help = "Statuses that mean \"starting\".", .item = Type::status},
};
const Field expect_fields[] = {
    {.name = "status", .type = Type::text_list, .help = "200, 200-299 or 2xx.", .item = Type::status},
    {"header", Type::open_map, "Headers: equals, `~ contains`, `/pattern/`, `! not`, `nonempty`.", {}, any_text},
    {"location", Type::text, "The header of a redirect."},
    {"body", Type::text, "The body, as a header is matched."},
    {"json", Type::open_map, "Places ($.items[0].id or /items/0/id) and what stands there.", {}, any_value},
    {"max", Type::duration, "Longest time of the attempt."},
    {"version", Type::text, "The version that must answer."},
    {"from", Type::text, "Where it tells its version."},
};
const Field check_fields[] = {
    {"name", Type::text, "For people."},
    {"get", Type::text, "Path or URL of a GET."},
    {"head", Type::text, "Path or URL of a HEAD."},
    {"post", Type::text, "Path or URL of a POST."},
    {"put", Type::text, "Path or URL of a PUT."},
    {"delete", Type::text, "Path or URL of a DELETE."},
    {"headers", Type::open_map, "Headers of the request.", {}, any_text},
    {"data", Type::text, "Body of the request."},
    {"expect",
     Type::map,
     "What must come back; or refused, timeout, tls-error, nxdomain.",
     {},
     expect_fields,
     Needed::optional,
     true},
    {"xfail", Type::text, "Known to fail, and why: passing is then a failure."},
    {"skip", Type::text, "Not asked, and why."},
};
const Field section_fields[] = {
    {"base", Type::text_list, "Addresses that every check runs against; default: the environment's url."},
    {"deadline", Type::duration, "For everything, the wait included."},
    {"ca_file", Type::text, "Certificates (PEM) that servers are judged by, instead of the system's."},
    {"bearer_env", Type::text, "Variable with the token that is sent as Authorization: Bearer."},
    {"ready", Type::map, "The wait until it serves.", {}, ready_fields},
    {"defaults", Type::map, "For every request.", {}, defaults_fields},
    {"retry", Type::map, "How passing faults are tried again.", {}, retry_fields},
    {"checks", Type::map_list, "What is asked.", {}, check_fields},
};

}

std::span<const Field> fields() { return section_fields; }

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"checks.*", When::removed},
                                              {"checks.*.expect", When::changed},
                                              {"checks.*.get", When::altered},
                                              {"checks.*.head", When::altered},
                                              {"checks.*.post", When::altered},
                                              {"checks.*.put", When::altered},
                                              {"checks.*.delete", When::altered},
                                              {"checks.*.headers", When::changed},
                                              {"checks.*.data", When::changed},
                                              {"environments.*.url", When::changed},
                                              {"bearer_env", When::changed},
                                              {"deadline", When::higher, "2m"},
                                              {"defaults.timeout", When::higher, "10s"},
                                              {"defaults.headers", When::changed},
                                              {"checks.*.xfail", When::set},
                                              {"checks.*.skip", When::set},
                                              {"base", When::changed},
                                              {"ca_file", When::changed},
                                              {"ready", When::removed},
                                              {"ready.path", When::changed},
                                              {"ready.status", When::changed},
                                              {"ready.version", When::altered},
                                              {"ready.streak", When::lower, "1"},
                                              {"ready.stable", When::lower},
                                              {"retry.attempts", When::higher, "5"},
                                              {"retry.on", When::added}};
    return rows;
}

}
