namespace Beam.Client;

/// <summary>The names of outcomes in JSON.</summary>
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
