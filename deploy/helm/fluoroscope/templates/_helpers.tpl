{{- define "fluoroscope.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "fluoroscope.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "fluoroscope.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "fluoroscope.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Of a dict with root and part. */}}
{{- define "fluoroscope.partName" -}}
{{- if eq .part "server" -}}{{ include "fluoroscope.fullname" .root }}{{- else -}}{{ include "fluoroscope.fullname" .root }}-{{ .part }}{{- end -}}
{{- end -}}

{{- define "fluoroscope.selector" -}}
app.kubernetes.io/name: {{ include "fluoroscope.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "fluoroscope.labels" -}}
{{ include "fluoroscope.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: fluoroscope
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{- define "fluoroscope.metadata" -}}
name: {{ include "fluoroscope.partName" . }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "fluoroscope.labels" . | nindent 2 }}
{{- end -}}

{{- define "fluoroscope.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "fluoroscope.serviceAccountName" -}}
{{- $account := (index .root.Values .part).serviceAccount -}}
{{- if $account.create -}}{{ $account.name | default (include "fluoroscope.partName" .) }}{{- else -}}{{ $account.name | default "default" }}{{- end -}}
{{- end -}}

{{/* What every pod has. */}}
{{- define "fluoroscope.podMetadata" -}}
{{- $values := index .root.Values .part -}}
labels:
  {{- include "fluoroscope.labels" . | nindent 2 }}
  {{- with $values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) $values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "fluoroscope.podSpec" -}}
{{- $values := index .root.Values .part -}}
serviceAccountName: {{ include "fluoroscope.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml .root.Values.podSecurityContext | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "fluoroscope.container" -}}
image: {{ include "fluoroscope.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* What a Service has beside ports and selector; of a dict with root and, for those that may be reached from outside, service. */}}
{{- define "fluoroscope.serviceSpec" -}}
{{- with .service }}
type: {{ .type }}
{{- if ne .type "ClusterIP" }}
externalTrafficPolicy: Local
{{- end }}
{{- if eq .type "LoadBalancer" }}
{{- with .loadBalancerClass }}
loadBalancerClass: {{ . }}
{{- end }}
{{- with .loadBalancerSourceRanges }}
loadBalancerSourceRanges: {{ toJson . }}
{{- end }}
{{- end }}
{{- end }}
{{- with .root.Values.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .root.Values.ipFamilies }}
ipFamilies: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* Requests go on while the Service forgets the pod: the image has no shell to sleep with. */}}
{{- define "fluoroscope.preStop" -}}
{{- if . }}
lifecycle:
  preStop:
    exec: { command: [/usr/local/bin/node, -e, 'setTimeout(() => {}, {{ mul 1000 . }})'] }
{{- end }}
{{- end -}}

{{- define "fluoroscope.serverScheme" -}}
{{- if .Values.server.tls.secretName -}}https{{- else -}}http{{- end -}}
{{- end -}}

{{- define "fluoroscope.serverHost" -}}
{{ include "fluoroscope.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end -}}

{{/* HOST:PORT where this release's server takes OTLP over gRPC. */}}
{{- define "fluoroscope.otlpEndpoint" -}}
{{ include "fluoroscope.serverHost" . }}:4317
{{- end -}}

{{/* Listeners of the server that are open: name, port, protocol, flag. */}}
{{- define "fluoroscope.serverPorts" -}}
{{- $open := .Values.server.receivers -}}
- { name: http, port: 2000, protocol: TCP, flag: http-listen, open: true }
- { name: udp, port: 2000, protocol: UDP, flag: udp-listen, open: {{ $open.udp }} }
- { name: otlp-grpc, port: 4317, protocol: TCP, flag: otlp-grpc-listen, open: {{ $open.otlpGrpc }} }
- { name: otlp-http, port: 4318, protocol: TCP, flag: otlp-http-listen, open: {{ $open.otlpHttp }} }
- { name: zipkin, port: 9411, protocol: TCP, flag: zipkin-listen, open: {{ $open.zipkin }} }
- { name: jaeger-http, port: 14268, protocol: TCP, flag: jaeger-http-listen, open: {{ $open.jaegerHttp }} }
- { name: jaeger-grpc, port: 14250, protocol: TCP, flag: jaeger-grpc-listen, open: {{ $open.jaegerGrpc }} }
{{- end -}}

{{/* The Secrets that the server may only read as its owner's alone; source folder below /secrets: its Secret. */}}
{{- define "fluoroscope.serverSecrets" -}}
{{- with .Values.server -}}
{{- if .accessKeys.secretName }}
access: {{ .accessKeys.secretName | quote }}
{{- end }}
{{- if .storeCredentials.secretName }}
store: {{ .storeCredentials.secretName | quote }}
{{- end }}
{{- if .journalCredentials.secretName }}
journal: {{ .journalCredentials.secretName | quote }}
{{- end }}
{{- if .encryptionKeys.secretName }}
encryption: {{ .encryptionKeys.secretName | quote }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* fluoroscope.yaml: what the chart decides counts more than server.settings. */}}
{{- define "fluoroscope.serverSettings" -}}
{{- $server := .Values.server -}}
{{- $host := include "fluoroscope.fullname" . -}}
{{- $names := list $host (printf "%s.%s" $host .Release.Namespace) (include "fluoroscope.serverHost" .) (printf "%s.%s" (include "fluoroscope.serverHost" .) .Values.clusterDomain) -}}
{{- $settings := dict "allowed-hosts" (join "," (concat $names (ternary .Values.ingress.hosts list .Values.ingress.enabled) $server.allowedHosts | uniq)) "allow-unauthenticated" $server.allowUnauthenticated "journal" $server.journal -}}
{{- with $server.ingestAllow }}{{ $_ := set $settings "ingest-allow" (join "," .) }}{{ end -}}
{{- if $server.tls.secretName }}{{ $_ := set $settings "tls-cert" "/tls/tls.crt" }}{{ $_ := set $settings "tls-key" "/tls/tls.key" }}{{ end -}}
{{- if $server.storeUrl }}{{ $_ := set $settings "store-url" $server.storeUrl }}{{ end -}}
{{- with $server.storeCredentials }}{{ if .secretName }}{{ $_ := set $settings "store-credentials" (printf "/credentials/store/%s" .key) }}{{ end }}{{ end -}}
{{- with $server.journalCredentials }}{{ if .secretName }}{{ $_ := set $settings "journal-credentials" (printf "/credentials/journal/%s" .key) }}{{ end }}{{ end -}}
{{- with $server.encryptionKeys }}{{ if .secretName }}{{ $_ := set $settings "encryption-keys" (printf "/credentials/encryption/%s" .key) }}{{ end }}{{ end -}}
{{- toYaml (merge $settings $server.settings) -}}
{{- end -}}

{{/* Of a dict with root, part and ports. */}}
{{- define "fluoroscope.networkPolicy" -}}
{{- $values := index .root.Values .part -}}
{{- if $values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "fluoroscope.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "fluoroscope.selector" . | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    - ports:
        {{- range .ports }}
        - { port: {{ .port }}, protocol: {{ .protocol }} }
        {{- end }}
      {{- with $values.networkPolicy.from }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}
{{- end -}}

{{- define "fluoroscope.serviceAccount" -}}
{{- $account := (index .root.Values .part).serviceAccount -}}
{{- if $account.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "fluoroscope.serviceAccountName" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "fluoroscope.labels" . | nindent 4 }}
  {{- $annotations := deepCopy $account.annotations }}
  {{- with $account.roleArn }}{{ $_ := set $annotations "eks.amazonaws.com/role-arn" . }}{{ end }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
{{- end -}}

{{- define "fluoroscope.podDisruptionBudget" -}}
{{- $values := index .root.Values .part -}}
{{- $scaling := $values.autoscaling | default dict -}}
{{- $replicas := ternary $scaling.minReplicas $values.replicas (eq true $scaling.enabled) -}}
{{- if and $values.podDisruptionBudget.enabled (gt (int $replicas) 1) }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "fluoroscope.metadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ $values.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "fluoroscope.selector" . | nindent 6 }}
{{- end }}
{{- end -}}
