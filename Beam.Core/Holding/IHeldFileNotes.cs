namespace Beam.Holding;

/// <summary>Is told what becomes of files of a former process that the relay does not take up.</summary>
internal interface IHeldFileNotes
{
    /// <summary>A file is damaged, or its sender did not finish it; it is deleted.</summary>
    void Dropped(string file);

    /// <summary>A file could not be read now; it stays on the disk, and with it what the relay knows of its channel.</summary>
    void Left(string file, Exception reason);
}
