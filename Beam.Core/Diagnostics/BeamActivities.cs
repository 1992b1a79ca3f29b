using System.Diagnostics;

namespace Beam.Diagnostics;

/// <summary>The activity source <c>Beam</c>: one activity for each side of a transfer, under the activity of its request.</summary>
internal static class BeamActivities
{
    public static readonly ActivitySource Source = new("Beam");
}
