"""Three tasks share eight GPUs, four CPUs and two TPUs."""

from fulcrum import ResourceManager, Task

resources = [8, 4, 2]       # GPU, CPU, TPU
tasks = [Task("Task1", 2), Task("Task2", 1), Task("Task3", 3)]
manager = ResourceManager(resources, tasks)

manager.allocate("Task1", "GPU")
manager.allocate("Task2", "CPU")
manager.allocate("Task3", "TPU")
manager.get_utilization()

manager.deallocate("Task1", "GPU")
manager.deallocate("Task2", "CPU")
manager.get_utilization()
