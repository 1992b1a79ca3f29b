using Beam.Cli.Archives;
using Beam.Cli.Terminal;
using Beam.Client;

namespace Beam.Cli.Reports;

/// <summary>Tells how a command goes: people in sentences, programs in lines of JSON.</summary>
internal interface IReport : IProgress<BeamProgress>
{
    /// <summary>Says what is transferred and which side this is, ahead of the progress.</summary>
    void Begin(string name, ProgressSide side);

    /// <summary>Shows a link for the other side.</summary>
    void Offered(Offer offer);

    /// <summary>Says something that the user should know and that is not a failure.</summary>
    void Note(string text);

    /// <summary>Says what became of a file that was sent.</summary>
    void Sent(BeamReceipt receipt);

    /// <summary>Says what was received and where it is, and for an archive, what came out of it.</summary>
    void Received(BeamReceivedFile file, string? path, UnpackSummary? unpacked);

    /// <summary>Shows a result that consists of names and values.</summary>
    void Told(string what, IReadOnlyList<(string Name, object? Value)> values);

    /// <summary>Says why the command failed.</summary>
    void Failed(ExitCode code, string message);
}
