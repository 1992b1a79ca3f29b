namespace Beam.Functions.Tests.StandIn;

/// <summary>How a function app is set up, and which of the host's limits are scaled down.</summary>
internal sealed class StandInSettings
{
    /// <summary>Gets the app settings, which the program gets as environment variables.</summary>
    public Dictionary<string, string?> AppSettings { get; } = [];

    /// <summary>Has a transfer fail as soon as one side breaks off, for tests about sides that do not come back.</summary>
    public void TurnResumingOff() => AppSettings["Beam__ResumeTimeout"] = "00:00:00";

    /// <summary>Gets or sets how long the host forwards without a byte in either direction.</summary>
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromSeconds(240);
}
