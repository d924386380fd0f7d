#include "scan/rules/check.h"
#include "scan/rules/row.h"

namespace fairlead::scan {
namespace {

// Ids of clients and keys for every visitor. They open nothing alone, and are told only.
constexpr Rule identifier_table[] = {
    identifier("adobe-client-id", "Adobe client id", "adobe", {"adobe"}, "[0-9a-f]{32}",
               "AD|OBE_IO=a4a49d818b3b003fb0af107a25a52fb2", "AD|OBE_IO=a4a49d818b3b003fb0af107a25a"),
    identifier("asana-client-id", "Asana client id", "asana", {"asana"}, "[0-9]{16}", "AS|ANA_IO=4291287756960497",
               "AS|ANA_IO=42912877569"),
    identifier("bitbucket-client-id", "Bitbucket client id", "bitbucket-oauth", {"bitbucket"}, "[0-9A-Za-z]{32}",
               "BITB|UCKET_IO=WZm2uqr7gLZU64OPsCSOh0GwbkEFobqB", "BITB|UCKET_IO=WZm2uqr7gLZU64OPsCSOh0GwbkE"),
    identifier("confluent-access-token", "Confluent API key id", "confluent", {"confluent"}, "[0-9A-Za-z]{16}",
               "CONF|LUENT_IO=1zg567yiB18ivVdd", "CONF|LUENT_IO=1zg567yiB18"),
    identifier("discord-client-id", "Discord client id", "discord-app", {"discord"}, "[0-9]{18}",
               "DIS|CORD_IO=078284876068948825", "DIS|CORD_IO=0782848760689"),
    identifier("linkedin-client-id", "LinkedIn client id", "linkedin", {"linkedin", "linked_in", "linked-in"},
               "[0-9A-Za-z]{14}", "LINK|EDIN_IO=cUIVvh6MnY5car", "LINK|EDIN_IO=cUIVvh6Mn"),
    identifier("looker-client-id", "Looker client id", "looker", {"looker"}, "[0-9A-Za-z]{20}",
               "LOO|KER_IO=MkThzpO0SudfT6EiypqN", "LOO|KER_IO=MkThzpO0SudfT6E"),
    identifier(
        "messagebird-client-id", "MessageBird client id", "messagebird",
        {"messagebird", "message-bird", "message_bird"}, "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "MESSA|GEBIRD_IO=5e37937d-1dbe-053f-a37e-746c687ce64e", "MESSA|GEBIRD_IO=5e37937d-1dbe-053f-a37e-746c687"),
    identifier("plaid-client-id", "Plaid client id", "plaid", {"plaid"}, "[0-9A-Za-z]{24}",
               "PL|AID_IO=6SdYtDbi0zcuMlQraGEloCNw", "PL|AID_IO=6SdYtDbi0zcuMlQraGE"),
    identifier("sendbird-access-id", "Sendbird application id", "sendbird", {"sendbird"},
               "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
               "SEND|BIRD_IO=b151ea93-2cf1-1cd0-b804-4ef39aec3024", "SEND|BIRD_IO=b151ea93-2cf1-1cd0-b804-4ef39ae"),
    identifier("sumologic-access-id", "Sumo Logic access id", "sumologic", {"sumo"}, "su[0-9A-Za-z]{12}",
               "SU|MO_IO=suMWIZmvc2DsLv", "SU|MO_IO=suMWIZmvc"),
    public_token("flutterwave-public-key", "Flutterwave public key", "flutterwave", {"flwpubk"},
                 "FLWPUBK(?:_TEST)?-[0-9A-Ha-h]{32}-X", "is: FLW|PUBK-EecBCgD213GgaB21e6D72C9d2gBaAf48-X",
                 "is: FLW|PUBK-EecBCgD213GgaB21e6D7"),
    public_token("lob-pub-api-key", "Lob publishable key", "lob", {"live_pub_", "test_pub_"},
                 "(?:live|test)_pub_[0-9a-f]{31}", "is: live|_pub_f856eeb2f5f4bd4d7167870519e59af",
                 "is: live|_pub_f856eeb2f5f4bd4d7"),
    public_token("mailgun-pub-key", "Mailgun public validation key", "mailgun", {"pubkey-"}, "pubkey-[0-9a-f]{32}",
                 "is: pub|key-1d9a8fb85594c6632b65548fe4a60fe9", "is: pub|key-1d9a8fb85594c6632b6"),
    public_token("mapbox-api-token", "Mapbox public token", "mapbox", {"pk."},
                 R"(pk\.[0-9A-Za-z]{60}\.[0-9A-Za-z]{22})",
                 "is: p|k.Qmd6UQ8TkfLIw38VaFnzdJzaejm44xBW9NjJa1oC4CpFpom8MGcbu89oz0KT.GAe3TgzYYVPLONG5z1cVQh",
                 "is: p|k.Qmd6UQ8TkfLIw38VaFnzdJzaejm44xBW9NjJa1oC4CpFpom8MGcbu8"),
    public_token("new-relic-browser-api-token", "New Relic browser key", "new-relic", {"nrjs-"}, "NRJS-[0-9a-f]{19}",
                 "is: NR|JS-88bc279be2a66c20f46", "is: NR|JS-88bc279be2a"),
};

}

std::span<const Rule> identifier_rules() { return identifier_table; }

}
