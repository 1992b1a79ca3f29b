namespace Beam.Client;

/// <summary>A refusal, as JSON (RFC 9457).</summary>
internal sealed record ProblemBody(string? Title, int? Status, string? Detail, string? Error, IReadOnlyList<ReceiverBody>? Receivers);
