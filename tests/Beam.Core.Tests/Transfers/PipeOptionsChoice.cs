namespace Beam.Core.Tests.Transfers;

/// <summary>How much the connection of a test takes before it makes the relay wait.</summary>
internal enum PipeOptionsChoice
{
    /// <summary>1 KiB.</summary>
    Small,

    /// <summary>Everything.</summary>
    Unlimited,
}
