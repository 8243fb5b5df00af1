// Keys that the OpenTelemetry Collector and its contributed components have, and we do not: whoever brings a file along is told so.
const KEYS: ReadonlySet<string> = new Set(
  [
    // the file, the service and its telemetry
    'connectors resource logs traces readers views processors encoding output_paths error_output_paths disable_stacktrace initial_fields',
    // servers
    'transport keepalive max_recv_msg_size_mib max_concurrent_streams read_buffer_size write_buffer_size include_metadata auth middlewares',
    'cors max_request_body_size response_headers compression_algorithms read_timeout read_header_timeout write_timeout idle_timeout',
    'keep_alives_enabled traces_url_path metrics_url_path logs_url_path parse_string_tags thrift_binary thrift_compact',
    'remote_sampling proxy_server reload_interval min_version max_version cipher_suites curve_preferences ca_pem cert_pem key_pem',
    'include_system_ca_certs_pool include_insecure_cipher_suites client_ca_file_reload tpm',
    // exporters
    'proxy_url compression_params max_idle_conns max_idle_conns_per_host max_conns_per_host idle_conn_timeout disable_keep_alives',
    'http2_read_idle_timeout http2_ping_timeout cookies force_attempt_http2 metrics_endpoint logs_endpoint profiles_endpoint',
    'wait_for_ready user_agent balancer_name authority batch wait_for_result block_on_overflow metadata_keys',
    'default_service_name sampling_initial sampling_thereafter use_internal_logger',
    'no_verify_ssl local_mode resource_arn index_all_attributes indexed_attributes aws_log_groups request_timeout_seconds max_retries',
    'telemetry middleware proxy_address certificate_file_path skip_timestamp_validation transit_spans',
    'protocol_version resolve_canonical_bootstrap_servers_only metadata partition_metrics_by_resource_attributes',
    'partition_logs_by_resource_attributes partition_logs_by_trace_id include_metadata_keys topic_from_attribute topic_from_metadata_key',
    'metrics profiles plain_text kerberos max_message_bytes flush_max_messages allow_auto_topic_creation linger compression_params',
    // processors
    'metadata_cardinality_limit include exclude from_attribute from_context converted_type value_type ignored_keys ignored_key_patterns',
    'allowed_values redact_all_types hash_function summary url_sanitizer db_sanitizer mode attribute_source sampling_priority fail_closed',
    'sampling_precision decision_wait_after_root_received tail_storage sampling_strategy drop_pending_traces_on_shutdown',
    'maximum_trace_size_bytes burst_capacity',
    // extensions
    'check_collector_pipeline response_body tls timeout compaction create_directory max_size recreate',
  ].flatMap((line) => line.split(' ')),
);

export function isCollectorKey(key: string): boolean {
  return KEYS.has(key);
}
