namespace Beam.Client;

/// <summary>How outcomes are called in JSON.</summary>
internal static class OutcomeNames
{
    public static BeamOutcome? Find(string? name) => name switch
    {
        "confirmed" => BeamOutcome.Confirmed,
        "sent" => BeamOutcome.Sent,
        "accepted" => BeamOutcome.Accepted,
        _ => null,
    };
}
