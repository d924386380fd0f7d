#include "read/nginx/nginx_directives.h"
#include "base/text.h"
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::read {

namespace {

// One row per way of use. Contexts, in the order of NginxContext: m main, e events, h http, s server, l location,
// i and j if in these two, x limit_except, u upstream, H S U stream's, P Q mail's, * all.
constexpr std::string_view context_letters = "mehslijxuHSUPQ";
struct DirectiveRow {
    std::string_view contexts, arguments;
    bool block;
    std::string_view names; // with one blank between
};
constexpr DirectiveRow directive_rows[] = {
    {"m", "+", false, "error_log worker_cpu_affinity"},
    {"m", "0", true, "events http mail stream"},
    {"m", "1", false,
     "debug_points env google_perftools_profiles load_module lock_file pid ssl_engine timer_resolution "
     "worker_priority worker_processes worker_rlimit_core worker_rlimit_nofile worker_shutdown_timeout "
     "working_directory"},
    {"m", "12", false, "user"},
    {"m", "23", false, "thread_pool"},
    {"m", "f", false, "daemon master_process pcre_jit quic_bpf ssl_object_cache_inheritable"},
    {"e", "1", false,
     "accept_mutex_delay debug_connection devpoll_changes devpoll_events epoll_events eventport_events "
     "iocp_threads kqueue_changes kqueue_events post_acceptex use worker_aio_requests worker_connections"},
    {"e", "f", false, "accept_mutex acceptex_read multi_accept"},
    {"h", "*", false, "fastcgi_cache_path log_format proxy_cache_path scgi_cache_path uwsgi_cache_path"},
    {"h", "0", true, "server"},
    {"h", "1", false,
     "degradation geoip_proxy http2_recv_buffer_size map_hash_bucket_size map_hash_max_size perl_modules "
     "perl_require server_names_hash_bucket_size server_names_hash_max_size variables_hash_bucket_size "
     "variables_hash_max_size"},
    {"h", "1", true, "upstream"},
    {"h", "12", false, "geoip_city geoip_country geoip_org"},
    {"h", "12", true, "geo"},
    {"h", "2", false, "limit_conn_zone perl_set"},
    {"h", "2", true, "charset_map map split_clients"},
    {"h", "3", false, "limit_req_zone"},
    {"h", "f", false, "geoip_proxy_recursive"},
    {"hs", "+", false, "client_body_early_read ssl_protocols"},
    {"hs", "1", false,
     "client_header_buffer_size client_header_timeout connection_pool_size http2_body_preread_size "
     "http2_idle_timeout http2_max_concurrent_pushes http2_max_concurrent_streams http2_max_field_size "
     "http2_max_header_size http2_max_requests http2_pool_size http2_recv_timeout http2_streams_index_size "
     "http3_max_concurrent_streams http3_stream_buffer_size max_headers quic_active_connection_id_limit "
     "quic_host_key request_pool_size ssl_buffer_size ssl_certificate ssl_certificate_key ssl_ciphers "
     "ssl_client_certificate ssl_crl ssl_dhparam ssl_ecdh_curve ssl_ech_file ssl_ocsp ssl_ocsp_cache "
     "ssl_ocsp_responder ssl_password_file ssl_session_ticket_key ssl_session_timeout ssl_stapling_file "
     "ssl_stapling_responder ssl_trusted_certificate ssl_verify_client ssl_verify_depth"},
    {"hs", "12", false, "ssl_session_cache"},
    {"hs", "123", false, "ssl_certificate_cache"},
    {"hs", "2", false, "large_client_header_buffers ssl_conf_command"},
    {"hs", "f", false,
     "http2 http3 http3_hq ignore_invalid_headers merge_slashes quic_gso quic_retry "
     "ssl_certificate_compression ssl_early_data ssl_prefer_server_ciphers ssl_reject_handshake "
     "ssl_session_tickets ssl_stapling ssl_stapling_verify underscores_in_headers"},
    {"hsl", "+", false,
     "addition_types ancient_browser charset_types dav_methods early_hints error_log fastcgi_cache_bypass "
     "fastcgi_cache_methods fastcgi_cache_use_stale fastcgi_cache_valid fastcgi_ignore_headers "
     "fastcgi_next_upstream fastcgi_no_cache grpc_ignore_headers grpc_next_upstream grpc_ssl_protocols "
     "gzip_disable gzip_proxied gzip_types index memcached_next_upstream proxy_cache_bypass "
     "proxy_cache_methods proxy_cache_use_stale proxy_cache_valid proxy_ignore_headers proxy_next_upstream "
     "proxy_no_cache proxy_ssl_protocols resolver scgi_cache_bypass scgi_cache_methods "
     "scgi_cache_use_stale scgi_cache_valid scgi_ignore_headers scgi_next_upstream scgi_no_cache ssi_types "
     "sub_filter_types tunnel_next_upstream uwsgi_cache_bypass uwsgi_cache_methods uwsgi_cache_use_stale "
     "uwsgi_cache_valid uwsgi_ignore_headers uwsgi_next_upstream uwsgi_no_cache uwsgi_ssl_protocols "
     "xslt_types"},
    {"hsl", "0", true, "types"},
    {"hsl", "1", false,
     "add_after_body add_before_body aio ancient_browser_value auth_delay auth_request autoindex_format "
     "client_body_buffer_size client_body_in_file_only client_body_timeout client_max_body_size "
     "default_type degrade directio directio_alignment fastcgi_buffer_size fastcgi_busy_buffers_size "
     "fastcgi_cache fastcgi_cache_key fastcgi_cache_lock_age fastcgi_cache_lock_timeout "
     "fastcgi_cache_max_range_offset fastcgi_cache_min_uses fastcgi_catch_stderr fastcgi_connect_timeout "
     "fastcgi_hide_header fastcgi_index fastcgi_limit_rate fastcgi_max_temp_file_size "
     "fastcgi_next_upstream_timeout fastcgi_next_upstream_tries fastcgi_pass_header fastcgi_read_timeout "
     "fastcgi_send_lowat fastcgi_send_timeout fastcgi_socket_rcvbuf fastcgi_socket_sndbuf "
     "fastcgi_split_path_info fastcgi_store fastcgi_temp_file_write_size grpc_buffer_size "
     "grpc_connect_timeout grpc_hide_header grpc_next_upstream_timeout grpc_next_upstream_tries "
     "grpc_pass_header grpc_read_timeout grpc_send_timeout grpc_socket_rcvbuf grpc_socket_sndbuf "
     "grpc_ssl_certificate grpc_ssl_certificate_key grpc_ssl_ciphers grpc_ssl_crl grpc_ssl_name "
     "grpc_ssl_password_file grpc_ssl_trusted_certificate grpc_ssl_verify_depth gzip_comp_level gzip_hash "
     "gzip_http_version gzip_min_length gzip_static gzip_window http2_chunk_size http2_push "
     "if_modified_since image_filter_buffer image_filter_jpeg_quality image_filter_sharpen "
     "image_filter_webp_quality keepalive_min_timeout keepalive_requests keepalive_time "
     "limit_conn_log_level limit_conn_status limit_req_log_level limit_req_status lingering_close "
     "lingering_time lingering_timeout max_ranges memcached_buffer_size memcached_connect_timeout "
     "memcached_gzip_flag memcached_next_upstream_timeout memcached_next_upstream_tries "
     "memcached_read_timeout memcached_send_timeout min_delete_depth mirror modern_browser_value "
     "mp4_buffer_size mp4_max_buffer_size open_file_cache_min_uses open_file_cache_valid postpone_gzipping "
     "postpone_output proxy_buffer_size proxy_busy_buffers_size proxy_cache proxy_cache_key "
     "proxy_cache_lock_age proxy_cache_lock_timeout proxy_cache_max_range_offset proxy_cache_min_uses "
     "proxy_connect_timeout proxy_headers_hash_bucket_size proxy_headers_hash_max_size proxy_hide_header "
     "proxy_http_version proxy_limit_rate proxy_max_temp_file_size proxy_method "
     "proxy_next_upstream_timeout proxy_next_upstream_tries proxy_pass_header proxy_read_timeout "
     "proxy_send_lowat proxy_send_timeout proxy_set_body proxy_socket_rcvbuf proxy_socket_sndbuf "
     "proxy_ssl_certificate proxy_ssl_certificate_key proxy_ssl_ciphers proxy_ssl_crl proxy_ssl_name "
     "proxy_ssl_password_file proxy_ssl_trusted_certificate proxy_ssl_verify_depth proxy_store "
     "proxy_temp_file_write_size read_ahead real_ip_header resolver_timeout satisfy scgi_buffer_size "
     "scgi_busy_buffers_size scgi_cache scgi_cache_key scgi_cache_lock_age scgi_cache_lock_timeout "
     "scgi_cache_max_range_offset scgi_cache_min_uses scgi_connect_timeout scgi_hide_header "
     "scgi_limit_rate scgi_max_temp_file_size scgi_next_upstream_timeout scgi_next_upstream_tries "
     "scgi_pass_header scgi_read_timeout scgi_send_timeout scgi_socket_rcvbuf scgi_socket_sndbuf "
     "scgi_store scgi_temp_file_write_size secure_link secure_link_md5 secure_link_secret send_lowat "
     "send_timeout sendfile_max_chunk server_tokens set_real_ip_from slice ssi_min_file_chunk "
     "ssi_value_length subrequest_output_buffer_size tunnel_buffer_size tunnel_connect_timeout "
     "tunnel_next_upstream_timeout tunnel_next_upstream_tries tunnel_read_timeout tunnel_send_lowat "
     "tunnel_send_timeout tunnel_socket_rcvbuf tunnel_socket_sndbuf types_hash_bucket_size "
     "types_hash_max_size userid userid_domain userid_expires userid_mark userid_name userid_p3p "
     "userid_path userid_service uwsgi_buffer_size uwsgi_busy_buffers_size uwsgi_cache "
     "uwsgi_cache_background_update uwsgi_cache_key uwsgi_cache_lock_age uwsgi_cache_lock_timeout "
     "uwsgi_cache_max_range_offset uwsgi_cache_min_uses uwsgi_connect_timeout uwsgi_hide_header "
     "uwsgi_limit_rate uwsgi_max_temp_file_size uwsgi_modifier1 uwsgi_modifier2 "
     "uwsgi_next_upstream_timeout uwsgi_next_upstream_tries uwsgi_pass_header uwsgi_read_timeout "
     "uwsgi_send_timeout uwsgi_socket_rcvbuf uwsgi_socket_sndbuf uwsgi_ssl_certificate "
     "uwsgi_ssl_certificate_key uwsgi_ssl_ciphers uwsgi_ssl_crl uwsgi_ssl_name uwsgi_ssl_password_file "
     "uwsgi_ssl_trusted_certificate uwsgi_ssl_verify_depth uwsgi_store uwsgi_string "
     "uwsgi_temp_file_write_size xml_entities"},
    {"hsl", "12", false,
     "disable_symlinks fastcgi_bind grpc_bind keepalive_disable keepalive_timeout memcached_bind "
     "modern_browser open_file_cache proxy_bind proxy_cookie_domain proxy_cookie_path proxy_redirect "
     "scgi_bind tunnel_bind uwsgi_bind"},
    {"hsl", "123", false,
     "dav_access fastcgi_store_access grpc_ssl_certificate_cache limit_req proxy_ssl_certificate_cache "
     "proxy_store_access scgi_store_access userid_flags uwsgi_ssl_certificate_cache uwsgi_store_access"},
    {"hsl", "1234", false,
     "client_body_temp_path fastcgi_temp_path open_log_file_cache proxy_cookie_flags proxy_temp_path "
     "scgi_temp_path uwsgi_temp_path"},
    {"hsl", "2", false,
     "auth_request_set fastcgi_buffers grpc_set_header grpc_ssl_conf_command gunzip_buffers gzip_buffers "
     "limit_conn output_buffers proxy_buffers proxy_set_header proxy_ssl_conf_command scgi_buffers "
     "sub_filter uwsgi_buffers uwsgi_ssl_conf_command xslt_param xslt_string_param"},
    {"hsl", "23", false, "fastcgi_param scgi_param uwsgi_param"},
    {"hsl", "f", false,
     "absolute_redirect aio_write autoindex autoindex_exact_size autoindex_localtime "
     "chunked_transfer_encoding client_body_in_single_buffer create_full_put_path etag fastcgi_buffering "
     "fastcgi_cache_background_update fastcgi_cache_lock fastcgi_cache_revalidate fastcgi_force_ranges "
     "fastcgi_ignore_client_abort fastcgi_intercept_errors fastcgi_keep_conn fastcgi_pass_request_body "
     "fastcgi_pass_request_headers fastcgi_request_buffering fastcgi_socket_keepalive "
     "grpc_intercept_errors grpc_socket_keepalive grpc_ssl_server_name grpc_ssl_session_reuse "
     "grpc_ssl_verify gunzip gzip_no_buffer gzip_vary http2_push_preload image_filter_interlace "
     "image_filter_transparency limit_conn_dry_run limit_req_dry_run log_not_found log_subrequest "
     "memcached_socket_keepalive mirror_request_body mp4_start_key_frame msie_padding msie_refresh "
     "open_file_cache_errors open_file_cache_events port_in_redirect proxy_buffering "
     "proxy_cache_background_update proxy_cache_convert_head proxy_cache_lock proxy_cache_revalidate "
     "proxy_force_ranges proxy_ignore_client_abort proxy_intercept_errors proxy_pass_request_body "
     "proxy_pass_request_headers proxy_pass_trailers proxy_request_buffering proxy_socket_keepalive "
     "proxy_ssl_server_name proxy_ssl_session_reuse proxy_ssl_verify real_ip_recursive "
     "recursive_error_pages reset_timedout_connection scgi_buffering scgi_cache_background_update "
     "scgi_cache_lock scgi_cache_revalidate scgi_force_ranges scgi_ignore_client_abort "
     "scgi_intercept_errors scgi_pass_request_body scgi_pass_request_headers scgi_request_buffering "
     "scgi_socket_keepalive server_name_in_redirect ssi_ignore_recycled_buffers ssi_last_modified "
     "ssi_silent_errors sub_filter_last_modified sub_filter_once tcp_nodelay tcp_nopush "
     "tunnel_socket_keepalive uwsgi_buffering uwsgi_cache_lock uwsgi_cache_revalidate uwsgi_force_ranges "
     "uwsgi_ignore_client_abort uwsgi_intercept_errors uwsgi_pass_request_body uwsgi_pass_request_headers "
     "uwsgi_request_buffering uwsgi_socket_keepalive uwsgi_ssl_server_name uwsgi_ssl_session_reuse "
     "uwsgi_ssl_verify xml_external_entities xslt_last_modified"},
    {"hslij", "f", false, "rewrite_log uninitialized_variable_warn"},
    {"hslj", "*", false, "error_page"},
    {"hslj", "1", false,
     "add_header_inherit add_trailer_inherit charset limit_rate limit_rate_after post_action root "
     "source_charset"},
    {"hslj", "12", false, "expires"},
    {"hslj", "23", false, "add_header add_trailer"},
    {"hslj", "f", false, "gzip override_charset sendfile ssi"},
    {"hsljx", "+", false, "access_log"},
    {"hslx", "1", false, "allow auth_basic auth_basic_user_file deny"},
    {"s", "+", false, "listen server_name"},
    {"sl", "*", false, "try_files"},
    {"sl", "+", false, "valid_referers"},
    {"sl", "+", true, "if"},
    {"sl", "01", false, "stub_status"},
    {"sl", "1", false, "referer_hash_bucket_size referer_hash_max_size"},
    {"sl", "12", true, "location"},
    {"slij", "0", false, "break"},
    {"slij", "12", false, "return"},
    {"slij", "2", false, "set"},
    {"slij", "23", false, "rewrite"},
    {"slj", "01", false, "tunnel_pass"},
    {"l", "+", false, "xslt_stylesheet"},
    {"l", "+", true, "limit_except"},
    {"l", "0", false, "empty_gif flv internal mp4"},
    {"l", "1", false, "alias"},
    {"l", "123", false, "image_filter"},
    {"l", "f", false, "random_index"},
    {"lj", "1", false, "fastcgi_pass grpc_pass memcached_pass scgi_pass uwsgi_pass"},
    {"ljx", "1", false, "proxy_pass"},
    {"lx", "1", false, "perl"},
    {"u", "*", false, "sticky"},
    {"u", "+", false, "resolver server"},
    {"u", "0", false, "ip_hash least_conn"},
    {"u", "012", false, "random"},
    {"u", "1", false, "keepalive_requests keepalive_time keepalive_timeout resolver_timeout"},
    {"u", "12", false, "hash keepalive least_time zone"},
    {"H", "*", false, "log_format"},
    {"H", "0", true, "server"},
    {"H", "1", false,
     "map_hash_bucket_size map_hash_max_size server_names_hash_bucket_size server_names_hash_max_size "
     "variables_hash_bucket_size variables_hash_max_size"},
    {"H", "1", true, "upstream"},
    {"H", "12", false, "geoip_city geoip_country geoip_org"},
    {"H", "12", true, "geo"},
    {"H", "2", false, "limit_conn_zone"},
    {"H", "2", true, "map split_clients"},
    {"HS", "+", false, "access_log error_log proxy_ssl_alpn proxy_ssl_protocols resolver ssl_alpn ssl_protocols"},
    {"HS", "1", false,
     "allow deny limit_conn_log_level preread_buffer_size preread_timeout proxy_buffer_size "
     "proxy_connect_timeout proxy_download_rate proxy_downstream_buffer proxy_next_upstream_timeout "
     "proxy_next_upstream_tries proxy_protocol proxy_protocol_timeout proxy_requests proxy_responses "
     "proxy_socket_rcvbuf proxy_socket_sndbuf proxy_ssl_certificate proxy_ssl_certificate_key "
     "proxy_ssl_ciphers proxy_ssl_crl proxy_ssl_name proxy_ssl_password_file proxy_ssl_trusted_certificate "
     "proxy_ssl_verify_depth proxy_timeout proxy_upload_rate proxy_upstream_buffer resolver_timeout "
     "set_real_ip_from ssl_certificate ssl_certificate_key ssl_ciphers ssl_client_certificate ssl_crl "
     "ssl_dhparam ssl_ecdh_curve ssl_ech_file ssl_handshake_timeout ssl_ocsp ssl_ocsp_cache "
     "ssl_ocsp_responder ssl_password_file ssl_session_ticket_key ssl_session_timeout ssl_stapling_file "
     "ssl_stapling_responder ssl_trusted_certificate ssl_verify_client ssl_verify_depth"},
    {"HS", "12", false, "proxy_bind ssl_session_cache"},
    {"HS", "123", false, "proxy_ssl_certificate_cache ssl_certificate_cache"},
    {"HS", "1234", false, "open_log_file_cache"},
    {"HS", "2", false, "limit_conn proxy_ssl_conf_command ssl_conf_command"},
    {"HS", "f", false,
     "limit_conn_dry_run proxy_half_close proxy_next_upstream proxy_socket_keepalive proxy_ssl "
     "proxy_ssl_server_name proxy_ssl_session_reuse proxy_ssl_verify ssl_certificate_compression "
     "ssl_prefer_server_ciphers ssl_preread ssl_reject_handshake ssl_session_tickets ssl_stapling "
     "ssl_stapling_verify tcp_nodelay"},
    {"S", "+", false, "listen server_name"},
    {"S", "1", false, "pass proxy_pass return"},
    {"S", "2", false, "set"},
    {"U", "+", false, "resolver server"},
    {"U", "0", false, "least_conn"},
    {"U", "012", false, "random"},
    {"U", "1", false, "resolver_timeout"},
    {"U", "12", false, "hash least_time zone"},
    {"P", "0", true, "server"},
    {"PQ", "+", false,
     "error_log imap_auth imap_capabilities pop3_auth pop3_capabilities resolver smtp_auth "
     "smtp_capabilities ssl_protocols"},
    {"PQ", "1", false,
     "auth_http auth_http_timeout imap_client_buffer max_errors proxy_buffer proxy_protocol proxy_timeout "
     "resolver_timeout server_name set_real_ip_from smtp_client_buffer smtp_greeting_delay ssl_certificate "
     "ssl_certificate_key ssl_ciphers ssl_client_certificate ssl_crl ssl_dhparam ssl_ecdh_curve "
     "ssl_password_file ssl_session_ticket_key ssl_session_timeout ssl_trusted_certificate "
     "ssl_verify_client ssl_verify_depth starttls timeout"},
    {"PQ", "12", false, "ssl_session_cache"},
    {"PQ", "2", false, "auth_http_header ssl_conf_command"},
    {"PQ", "f", false,
     "auth_http_pass_client_cert proxy proxy_pass_error_message proxy_smtp_auth "
     "ssl_certificate_compression ssl_prefer_server_ciphers ssl_session_tickets xclient"},
    {"Q", "+", false, "listen"},
    {"Q", "1", false, "protocol"},
    {"*", "1", false, "include"},
};

using Named = std::pair<std::string_view, NginxUse>;

std::uint32_t bits_of(std::string_view contexts) {
    if (contexts == "*") return ~0U;
    std::uint32_t bits = 0;
    for (const char letter : contexts) bits |= 1U << context_letters.find(letter);
    return bits;
}

const std::vector<Named>& table() { // by name
    static const std::vector<Named> all = [] {
        std::vector<Named> named;
        for (const DirectiveRow& row : directive_rows) {
            const NginxUse use{bits_of(row.contexts), row.arguments, row.block};
            for (std::string_view rest = row.names; !rest.empty();) {
                const std::size_t end = std::min(rest.find(' '), rest.size());
                named.emplace_back(rest.substr(0, end), use);
                rest.remove_prefix(std::min(end + 1, rest.size()));
            }
        }
        std::stable_sort(named.begin(), named.end(),
                         [](const Named& left, const Named& right) { return left.first < right.first; });
        return named;
    }();
    return all;
}

std::pair<std::vector<Named>::const_iterator, std::vector<Named>::const_iterator> uses(std::string_view name) {
    struct ByName {
        bool operator()(const Named& left, std::string_view right) const { return left.first < right; }
        bool operator()(std::string_view left, const Named& right) const { return left < right.first; }
    };
    return std::equal_range(table().begin(), table().end(), name, ByName{});
}

struct Inside {
    std::string_view name;
    std::string_view from; // letters of the contexts that it stands in
    NginxContext inside;
};
constexpr Inside insides[] = {
    {"http", "m", NginxContext::http},
    {"events", "m", NginxContext::events},
    {"stream", "m", NginxContext::stream},
    {"mail", "m", NginxContext::mail},
    {"server", "H", NginxContext::stream_server},
    {"server", "P", NginxContext::mail_server},
    {"server", "", NginxContext::server},
    {"upstream", "H", NginxContext::stream_upstream},
    {"upstream", "", NginxContext::upstream},
    {"location", "", NginxContext::location},
    {"if", "s", NginxContext::server_if},
    {"if", "", NginxContext::location_if},
    {"limit_except", "", NginxContext::limit_except},
    {"types", "", NginxContext::entries},
    {"map", "", NginxContext::entries},
    {"geo", "", NginxContext::entries},
    {"split_clients", "", NginxContext::entries},
    {"charset_map", "", NginxContext::entries},
};

}

bool NginxUse::takes(std::size_t count) const {
    for (const char kind : arguments) {
        if (kind == '?' || (kind == '+' && count >= 1) || (kind == '*' && count >= 2) || (kind == 'f' && count == 1))
            return true;
        if (kind >= '0' && kind <= '7' && count == static_cast<std::size_t>(kind - '0')) return true;
    }
    return false;
}

bool nginx_knows(std::string_view name) {
    const auto [first, last] = uses(name);
    return first != last;
}

std::optional<NginxUse> nginx_use(std::string_view name, NginxContext context) {
    const auto [first, last] = uses(name);
    for (auto at = first; at != last; ++at)
        if (at->second.in(context)) return at->second;
    return std::nullopt;
}

bool nginx_allows(std::string_view name, NginxContext context, bool block) {
    const auto [first, last] = uses(name);
    for (auto at = first; at != last; ++at)
        if (at->second.in(context) && at->second.block == block) return true;
    return false;
}

NginxContext nginx_inside(std::string_view name, NginxContext context) {
    const auto index = static_cast<std::size_t>(context);
    const char letter = index < context_letters.size() ? context_letters[index] : ' ';
    for (const Inside& row : insides)
        if (row.name == name && (row.from.empty() || row.from.find(letter) != row.from.npos)) return row.inside;
    return NginxContext::other;
}

}
