namespace Beam.Client.Tests.Progress;

/// <summary>Collects the stages, each when it changes.</summary>
internal sealed class Stages(List<BeamStage> stages) : IProgress<BeamProgress>
{
    public void Report(BeamProgress value)
    {
        lock (stages)
        {
            if (stages.Count == 0 || stages[^1] != value.Stage)
            {
                stages.Add(value.Stage);
            }
        }
    }
}
