{{/* Names, labels and the settings that several templates need. */}}

{{- define "multitrack.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "multitrack.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "multitrack.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "multitrack.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: multitrack
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: multitrack
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The steps' pods carry name and instance too: only the component tells the operator's apart. */}}
{{- define "multitrack.operatorSelector" -}}
app.kubernetes.io/name: multitrack
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "multitrack.gatewaySelector" -}}
app.kubernetes.io/name: multitrack
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "multitrack.gatewayServiceAccount" -}}
{{- $account := .Values.gateway.serviceAccount -}}
{{- $account.name | default (ternary (printf "%s-gateway" (include "multitrack.fullname" .)) "default" $account.create) -}}
{{- end -}}

{{- define "multitrack.jobNamespaces" -}}
{{- toYaml (.Values.jobNamespaces | default (list .Release.Namespace) | uniq) -}}
{{- end -}}

{{- define "multitrack.tag" -}}
{{- .Values.images.tag | default .Chart.AppVersion -}}
{{- end -}}

{{- define "multitrack.operatorImage" -}}
{{- .Values.images.overrides.operator | default (printf "%s/multitrack-operator:%s" .Values.images.registry (include "multitrack.tag" .)) -}}
{{- end -}}

{{/* What the steps' pods look like, without the profiles: InstallSettings in the sources. */}}
{{- define "multitrack.installSettings" -}}
{{- $v := .Values -}}
{{- $credentials := ternary $v.source.secret $v.storage.secret (ne $v.source.secret.name "") -}}
{{- $parameters := dict "model" $v.transcription.model -}}
{{- with $v.storage.endpoint }}{{ $_ := set $parameters "s3-endpoint-url" . }}{{ end -}}
{{- with $v.llm.baseUrl }}{{ $_ := set $parameters "llm-base-url" . }}{{ end -}}
{{- with $v.llm.model }}{{ $_ := set $parameters "llm-model" . }}{{ end -}}
{{- $secrets := dict
      "AWS_ACCESS_KEY_ID" (dict "name" $credentials.name "key" $credentials.accessKeyIdKey)
      "AWS_SECRET_ACCESS_KEY" (dict "name" $credentials.name "key" $credentials.secretAccessKeyKey) -}}
{{- /* The source's credentials may be others; whoever deletes a job's files has the bucket's. */}}
{{- $bucket := $v.storage.secret -}}
{{- if ne $v.source.secret.name "" -}}
{{- $_ := set $secrets "MULTITRACK_STORAGE_AWS_ACCESS_KEY_ID" (dict "name" $bucket.name "key" $bucket.accessKeyIdKey) -}}
{{- $_ := set $secrets "MULTITRACK_STORAGE_AWS_SECRET_ACCESS_KEY" (dict "name" $bucket.name "key" $bucket.secretAccessKeyKey) -}}
{{- end -}}
{{- if $v.llm.secret.name }}{{ $_ := set $secrets "MULTITRACK_LLM_API_KEY" $v.llm.secret }}{{ end -}}
{{- $daily := $v.daily -}}
{{- if $daily.apiKeySecret.name -}}
{{- $_ := set $secrets "MULTITRACK_DAILY_API_KEY" $daily.apiKeySecret -}}
{{- end -}}
{{- with $daily.sourceBucket -}}
{{- if .secret.name -}}
{{- $_ := set $secrets "MULTITRACK_DAILY_AWS_ACCESS_KEY_ID" (dict "name" .secret.name "key" .secret.accessKeyIdKey) -}}
{{- $_ := set $secrets "MULTITRACK_DAILY_AWS_SECRET_ACCESS_KEY" (dict "name" .secret.name "key" .secret.secretAccessKeyKey) -}}
{{- end -}}
{{- with .name }}{{ $_ := set $parameters "daily-bucket" . }}{{ end -}}
{{- with .region }}{{ $_ := set $parameters "daily-bucket-region" . }}{{ end -}}
{{- with .endpoint }}{{ $_ := set $parameters "daily-endpoint-url" . }}{{ end -}}
{{- with .assumeRoleArn }}{{ $_ := set $parameters "daily-assume-role" . }}{{ end -}}
{{- end -}}
{{- with $daily.apiUrl }}{{ $_ := set $parameters "daily-api-url" . }}{{ end -}}
{{- with $v.comparison -}}
{{- with .legacyUrl }}{{ $_ := set $parameters "legacy-url" . }}{{ end -}}
{{- with .transcriptUrl }}{{ $_ := set $parameters "legacy-transcript-url" . }}{{ end -}}
{{- with .limits }}{{ $_ := set $parameters "comparison-settings" (toJson .) }}{{ end -}}
{{- end -}}
{{- $delivery := $v.delivery -}}
{{- range $variable, $secret := dict
      "MULTITRACK_ZULIP_API_KEY" $delivery.zulip.apiKeySecret
      "MULTITRACK_WEBHOOK_SECRET" $delivery.webhook.secret
      "MULTITRACK_CA_CERTIFICATES" $delivery.caSecret
      "MULTITRACK_LEGACY_API_TOKEN" $v.comparison.tokenSecret -}}
{{- /* Optional: the step itself says which one is missing, and the job's status shows it. */ -}}
{{- if $secret.name }}{{ $_ := set $secrets $variable (dict "name" $secret.name "key" $secret.key "optional" true) }}{{ end -}}
{{- end -}}
{{- $environment := dict -}}
{{- with $v.storage.region }}{{ $environment = dict "AWS_REGION" . "AWS_DEFAULT_REGION" . }}{{ end -}}
{{- $locks := dict "llm" "llm" "mixdown" "mixdown" -}}
{{- if $v.gpu.concurrency }}{{ $_ := set $locks "gpu" "gpu" }}{{ end -}}
{{- $settings := dict
      "instance" .Release.Name
      "images" (dict
        "registry" $v.images.registry
        "tag" (include "multitrack.tag" .)
        "pullPolicy" $v.images.pullPolicy
        "pullSecrets" $v.images.pullSecrets
        "overrides" (omit $v.images.overrides "operator"))
      "serviceAccounts" (dict "pod" "multitrack-workflow" "executor" "multitrack-executor")
      "artifactRepository" (dict "configMap" "artifact-repositories" "key" "multitrack")
      "userId" 10001
      "gpu" (include "multitrack.gpu" . | fromYaml).gpu
      "parameters" $parameters
      "environment" $environment
      "secrets" $secrets
      "semaphores" (dict "configMap" "multitrack-semaphores" "keys" $locks) -}}
{{- with $v.argo.instanceId }}{{ $_ := set $settings "instanceId" . }}{{ end -}}
{{- if $v.transcription.modelVolume.claimName -}}
{{- $_ := set $settings "modelVolume" $v.transcription.modelVolume -}}
{{- end -}}
{{- toYaml (mergeOverwrite $settings (deepCopy $v.workflows)) -}}
{{- end -}}

{{/* Every Secret that steps name, in any profile: the operator says which of them is missing. */}}
{{- define "multitrack.secretNames" -}}
{{- $names := list .Values.storage.secret.name -}}
{{- $settings := include "multitrack.installSettings" . | fromYaml -}}
{{- range prepend (values .Values.profiles) $settings -}}
{{- range (. | default dict).secrets -}}
{{- with .name }}{{ $names = append $names . }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* One key, so that "no GPU" can be said: a template cannot hand over null by itself. */}}
{{- define "multitrack.gpu" -}}
{{- if .Values.gpu.enabled -}}
{{- $gpu := pick .Values.gpu "resourceName" "count" "nodeSelector" "tolerations" -}}
{{- range $name := list "runtimeClassName" "priorityClassName" "queueName" -}}
{{- with get $.Values.gpu $name }}{{ $_ := set $gpu $name . }}{{ end -}}
{{- end -}}
{{- toYaml (dict "gpu" $gpu) -}}
{{- else -}}
gpu: null
{{- end -}}
{{- end -}}

{{- define "multitrack.bucket" -}}
storage:
  bucket: {{ .Values.storage.bucket | quote }}
  {{- with .Values.storage.endpoint }}
  endpointUrl: {{ . | quote }}
  {{- end }}
  {{- with .Values.storage.region }}
  region: {{ . | quote }}
  {{- end }}
{{- end -}}

{{- define "multitrack.gatewaySettings" -}}
{{- $webhook := .Values.daily.webhook -}}
jobNamespaces:
  {{- include "multitrack.jobNamespaces" . | nindent 2 }}
{{ include "multitrack.bucket" . }}
dailyJobs: {{ toJson .Values.daily.jobs }}
webhook: {{ toJson (pick $webhook "largestBody" "legacyUrl" "fallbackToLegacy") }}
authentication: {{ .Values.gateway.authentication }}
downloads: {{ .Values.gateway.downloads }}
logLevel: {{ .Values.gateway.logLevel }}
{{- end -}}

{{/* The legacy pipeline's own names, so that a team finds its switch. */}}
{{- define "multitrack.provider" -}}
{{- with .Values.daily.webhook }}
- name: DURABLE_WORKFLOW_PROVIDER
  value: {{ .provider | quote }}
- name: DURABLE_WORKFLOW_SHADOW_MODE
  value: {{ .shadowMode | quote }}
{{- end }}
{{- end -}}

{{- define "multitrack.operatorSettings" -}}
{{- $settings := include "multitrack.installSettings" . | fromYaml -}}
instance: {{ $settings.instance | quote }}
jobNamespaces:
  {{- include "multitrack.jobNamespaces" . | nindent 2 }}
{{ include "multitrack.bucket" . }}
{{- with .Values.argo.url }}
argoUrl: {{ . | quote }}
{{- end }}
podStartPatience: {{ .Values.operator.podStartPatience }}
wakeAfter: {{ .Values.operator.wakeAfter }}
resyncInterval: {{ .Values.operator.resyncInterval }}
consent: {{ toJson .Values.consent }}
retention:
  {{- with .Values.retention }}
  {{- if not (kindIs "invalid" .audio) }}
  audio: {{ .audio }}
  {{- end }}
  {{- if not (kindIs "invalid" .intermediates) }}
  intermediates: {{ .intermediates }}
  {{- end }}
  failed: {{ .failed }}
  {{- end }}
{{- with .Values.delivery }}
delivery:
  link: {{ .link | quote }}
  allowedPrivateNetworks: {{ toJson .allowedPrivateNetworks }}
  zulip: {{ toJson (pick .zulip "url" "botEmail" "stream" "topic" "progress") }}
  webhook: {{ toJson (dict "url" .webhook.url "signed" (ne .webhook.secret.name "")) }}
{{- end }}
comparison:
  enabled: {{ ne .Values.comparison.legacyUrl "" }}
daily:
  apiUrl: {{ .Values.daily.apiUrl | quote }}
  jobs: {{ toJson .Values.daily.jobs }}
  legacyUrl: {{ .Values.daily.webhook.legacyUrl | quote }}
  fallbackToLegacy: {{ .Values.daily.webhook.fallbackToLegacy }}
loops:
  {{- $seldom := ternary 180 15 (ne .Values.daily.webhook.secret.name "") }}
  {{- with .Values.operator.loops }}
  {{- $interval := .polling.interval | default $seldom }}
  polling: {{ toJson (mergeOverwrite (deepCopy .polling) (dict "interval" $interval)) }}
  webhookMonitor: {{ toJson .webhookMonitor }}
  reprocess: {{ toJson .reprocess }}
  failedRuns: {{ toJson .failedRuns }}
  inbox: {{ toJson .inbox }}
  deletions: {{ toJson .deletions }}
  consentSweep: {{ toJson .consentSweep }}
  {{- end }}
monitoring:
  {{- with .Values.metrics }}
  stuckAfter: {{ .stuckAfter }}
  consentPatience: {{ .consentPatience }}
  deliveryPatience: {{ .deliveryPatience }}
  prices: {{ toJson .prices }}
  {{- end }}
logLevel: {{ .Values.operator.logLevel }}
{{- end -}}

{{/* The operator's pod and the test's are alike but for what they run. */}}
{{- define "multitrack.podSpec" -}}
serviceAccountName: {{ include "multitrack.serviceAccount" . }}
{{ include "multitrack.podBasis" (dict "root" . "component" .Values.operator) }}
{{- end -}}

{{/* What the operator's and the gateway's pods have in common. */}}
{{- define "multitrack.podBasis" -}}
{{- $root := .root -}}
automountServiceAccountToken: true
{{- with $root.Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .component.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .component.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .component.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .component.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: settings
    configMap:
      name: {{ include "multitrack.fullname" $root }}-settings
  - name: tmp
    emptyDir:
      sizeLimit: 64Mi
{{- end -}}

{{- define "multitrack.container" -}}
{{ include "multitrack.containerBasis" . }}
  {{- with .Values.daily.apiKeySecret }}
  {{- if .name }}
  - name: MULTITRACK_DAILY_API_KEY
    valueFrom:
      secretKeyRef:
        name: {{ .name }}
        key: {{ .key }}
        optional: true
  {{- end }}
  {{- end }}
  {{- include "multitrack.provider" . | nindent 2 }}
  {{- with .Values.operator.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{ include "multitrack.containerEnd" .Values.operator }}
{{- end -}}

{{/* Image and environment, which the caller goes on with. */}}
{{- define "multitrack.containerBasis" -}}
image: {{ include "multitrack.operatorImage" . | quote }}
imagePullPolicy: {{ .Values.images.pullPolicy }}
env:
  - name: HOME
    value: /tmp
  - name: POD_NAMESPACE
    valueFrom:
      fieldRef:
        fieldPath: metadata.namespace
  {{- /* Optional: the operator says itself which Secret or key is missing. */}}
  - name: AWS_ACCESS_KEY_ID
    valueFrom:
      secretKeyRef:
        name: {{ .Values.storage.secret.name }}
        key: {{ .Values.storage.secret.accessKeyIdKey }}
        optional: true
  - name: AWS_SECRET_ACCESS_KEY
    valueFrom:
      secretKeyRef:
        name: {{ .Values.storage.secret.name }}
        key: {{ .Values.storage.secret.secretAccessKeyKey }}
        optional: true
  {{- with .Values.storage.region }}
  - name: AWS_REGION
    value: {{ . | quote }}
  - name: AWS_DEFAULT_REGION
    value: {{ . | quote }}
  {{- end }}
{{- end -}}

{{- define "multitrack.containerEnd" -}}
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources:
  {{- toYaml .resources | nindent 2 }}
volumeMounts:
  - name: settings
    mountPath: /etc/multitrack
    readOnly: true
  - name: tmp
    mountPath: /tmp
{{- end -}}

{{/* The rules of one NetworkPolicy direction; `place` has cidrs and peers, `ports` are numbers. */}}
{{- define "multitrack.peers" -}}
{{- range .cidrs }}
- ipBlock:
    cidr: {{ . }}
{{- end }}
{{- with .peers }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "multitrack.egress" -}}
{{- $peers := include "multitrack.peers" .place | trim -}}
{{- $protocols := .protocols | default (list "TCP") -}}
{{- if not (or $peers .ports) -}}
- {}
{{- else -}}
{{- if .ports -}}
- ports:
{{- range $port := .ports }}
{{- range $protocols }}
    - port: {{ $port | int }}
      protocol: {{ . }}
{{- end }}
{{- end }}
{{- if $peers }}
  to:
    {{- $peers | nindent 4 }}
{{- end }}
{{- else -}}
- to:
    {{- $peers | nindent 4 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "multitrack.storagePorts" -}}
{{- if .Values.networkPolicy.storage.ports -}}
{{- toYaml .Values.networkPolicy.storage.ports -}}
{{- else -}}
{{- $url := urlParse (.Values.storage.endpoint | default "https://s3.amazonaws.com") -}}
{{- $default := ternary "80" "443" (eq $url.scheme "http") -}}
- {{ regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default $default }}
{{- end -}}
{{- end -}}

{{/* DNS, the API server and S3: what the operator and every step need. */}}
{{- define "multitrack.storageEgress" -}}
{{- $policy := .Values.networkPolicy -}}
{{ include "multitrack.egress" (dict "place" $policy.dns "ports" $policy.dns.ports "protocols" (list "UDP" "TCP")) }}
{{ include "multitrack.egress" (dict "place" $policy.apiServer "ports" $policy.apiServer.ports) }}
{{ include "multitrack.egress" (dict "place" $policy.storage "ports" (include "multitrack.storagePorts" . | fromYamlArray)) }}
{{- end -}}

{{/* What the schema cannot say: rules about several values. */}}
{{- define "multitrack.check" -}}
{{- if eq (include "multitrack.tag" .) "latest" -}}
{{- fail "images.tag: `latest` says nothing about what runs; name a version" -}}
{{- end -}}
{{- if hasKey .Values.profiles "default" -}}
{{- fail "profiles.default: that name means the install settings themselves; choose another" -}}
{{- end -}}
{{- with .Values.daily.webhook -}}
{{- if and (not .legacyUrl) (or .shadowMode .fallbackToLegacy (eq .provider "none")) -}}
{{- fail "daily.webhook.legacyUrl is empty; name where the legacy pipeline takes Daily's events" -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.gateway.authentication "token") (not .Values.gateway.tokenSecret.name) -}}
{{- fail "gateway.tokenSecret.name is empty; name the Secret with the token, or choose another gateway.authentication" -}}
{{- end -}}
{{- with .Values.delivery.zulip -}}
{{- if and .url (not (and .botEmail .apiKeySecret.name)) -}}
{{- fail "delivery.zulip: a realm needs botEmail and apiKeySecret.name; name both" -}}
{{- end -}}
{{- if and .stream (not .url) -}}
{{- fail "delivery.zulip.url is empty; name the realm that delivery.zulip.stream is in" -}}
{{- end -}}
{{- if and .progress (not .url) -}}
{{- fail "delivery.zulip.url is empty; name the realm, or set delivery.zulip.progress to false" -}}
{{- end -}}
{{- end -}}
{{- $settings := include "multitrack.installSettings" . | fromYaml -}}
{{- if and .Values.llm.baseUrl (not (get $settings.parameters "llm-model")) -}}
{{- fail "llm.model is empty; name the model to ask for at llm.baseUrl" -}}
{{- end -}}
{{- if and .Values.llm.model (not (get $settings.parameters "llm-base-url")) -}}
{{- fail "llm.baseUrl is empty; name the endpoint that serves llm.model" -}}
{{- end -}}
{{- end -}}

{{/* An alert's annotation: where its runbook is. Arguments: the page's address, the alert. */}}
{{- define "multitrack.runbookUrl" -}}
{{- $alert := index . 1 -}}
{{- with index . 0 }}runbook_url: {{ printf "%s#%s" . (lower $alert) | quote }}{{ end -}}
{{- end -}}
